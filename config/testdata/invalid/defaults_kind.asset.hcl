defaults "imge" { # ERROR: Unknown kind of asset
  model = "nano_banana"
}
