"""Chrome traces of what the kernel's trace recorded: recording (read), model, chrome (written)."""
