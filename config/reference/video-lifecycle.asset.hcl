image "knight" {
  prompt = "A knight in worn plate armour"
  output = "art/knight.png"
}

# A new picture of the knight generates the film again, though it does not use it.
video "trailer" {
  prompt = "A knight rides towards a burning castle"
  output = "video/trailer.mp4"

  lifecycle {
    replace_triggered_by = [image.knight]
  }
}
