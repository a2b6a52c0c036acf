assetform {
  remote {
    url = "https://me:secret@art.example/game" # ERROR: Invalid value of url
  }
}
