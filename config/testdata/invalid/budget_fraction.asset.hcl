assetform {
  budget {
    videos = 1.5 # ERROR: Invalid value of videos
  }
}
