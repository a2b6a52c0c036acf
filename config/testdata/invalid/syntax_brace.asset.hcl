image "a" { # ERROR: Unclosed configuration block
  prompt = "x"
