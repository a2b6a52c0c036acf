image "knight" {
  prompt = "A knight in worn plate armour"
  output = "art/knight.png"
}

# Of a prompt alone.
video "intro" {
  prompt = "Drone flight over a burning castle"
  output = "video/intro.mp4"
}

# From an image.
video "idle" {
  prompt = "The knight breathes, the cape moves"
  image  = image.knight
  loop   = true
  output = "video/idle.mp4"
}

# From one image to another.
video "reveal" {
  prompt      = "The camera pushes through the gate"
  start_image = "refs/castle.png"
  end_image   = image.knight
  output      = "video/reveal.mp4"
}

# With the looks of an image.
video "walk" {
  prompt          = "The knight walks in the rain"
  reference_image = image.knight
  aspect_ratio    = "portrait"
  output          = "video/walk.mp4"
}
