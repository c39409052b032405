"""Whatever anybody sends: nothing crashes, nothing leaks, nobody gets further than they may."""
