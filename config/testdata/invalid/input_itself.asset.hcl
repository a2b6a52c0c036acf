image "b" { # ERROR: Reference to itself
  subject = "b.png"
  output  = "b.png"
}
