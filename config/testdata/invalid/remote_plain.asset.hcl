assetform {
  remote {
    url = "http://art.example/game" # ERROR: Invalid value of url
  }
}
