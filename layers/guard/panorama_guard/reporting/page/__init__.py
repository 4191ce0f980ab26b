"""The posture page: a review of an account as one HTML file that needs nothing else. `render` is the way in."""
