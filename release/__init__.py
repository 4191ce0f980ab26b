"""Makes what a release is handed out as; never packaged itself."""
