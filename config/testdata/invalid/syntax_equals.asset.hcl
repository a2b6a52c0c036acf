image "a" { # ERROR: Reference to itself
  prompt "x" { # ERROR: Unsupported block type
  }
  output  = "a.png"
  subject = "a.png"
}
