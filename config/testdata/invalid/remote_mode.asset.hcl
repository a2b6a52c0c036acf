assetform {
  remote {
    url  = "https://art.example/game"
    mode = "write" # ERROR: Invalid value of mode
  }
}
