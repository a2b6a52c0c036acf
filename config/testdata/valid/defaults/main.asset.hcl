locals { style = image.style.path }
defaults "image" {
  aspect_ratio = "square"
  model        = "nano_banana"
  seed         = 3
  references   = [local.style]
  revision     = 2
}
defaults "video" {
  loop = true
}
image "style" {
  subject = "refs/ink.png"
  output  = "style.png"
}
image "prompted" {
  prompt = "takes the references of the defaults"
  output = "prompted.png"
}
image "nulls" {
  prompt       = "null is not set"
  aspect_ratio = null
  seed         = null
  output       = "nulls.png"
}
image "recipe" {
  subject = image.style
  output  = "recipe.png"
}
video "plain" {
  prompt = "loop is passed over"
  output = "plain.mp4"
}
video "looped" {
  prompt = "loop counts"
  image  = image.style
  output = "looped.mp4"
}
