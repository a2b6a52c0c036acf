import {
  to = module.a # ERROR: Invalid target of import
}
