variable "name" { type = string }
defaults "image" { seed = 4 }
image "mark" {
  prompt = file("mark.txt")
  output = "${var.name}.png"
}
