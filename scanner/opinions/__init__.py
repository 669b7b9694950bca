"""What other scanners say of the same thing, beside our verdicts."""
