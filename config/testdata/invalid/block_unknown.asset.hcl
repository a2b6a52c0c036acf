imagge "a" { # ERROR: Unsupported block type
  output = "a.png"
}
