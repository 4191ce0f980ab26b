"""The stack on one machine: AWS emulated around the real functions; never packaged into the layer."""
