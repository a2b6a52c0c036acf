assetform {
  remote {
    url = "ftp://art.example/game" # ERROR: Invalid value of url
  }
}
