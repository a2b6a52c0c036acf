assetform {
  budget { videos = 1 }
  budget { videos = 2 } # ERROR: Duplicate budget block
}
