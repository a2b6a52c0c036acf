image "a" { # ERROR: Missing prompt of asset
  output = "a.png"
}
