"""The library of panorama-guard: decides whether a role is inside its profile, and what to do when it is not."""
