# The block image "draft" is gone; the file goes as well, as without this block.
removed {
  from = image.draft
}
