prompt = "x" # ERROR: Unsupported argument
