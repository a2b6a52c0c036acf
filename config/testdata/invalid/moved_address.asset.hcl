moved {
  from = "image.a" # ERROR: Invalid address of asset
  to   = image.a.path # ERROR: Invalid address of asset
}
