import {
  to = image.a # ERROR: Import to undeclared asset
}
