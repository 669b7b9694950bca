"""Code and cloud side by side: which resource of the code is which of the live account, and what the controls say of both."""
