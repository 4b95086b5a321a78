/// The style of text on a terminal: a parameter of ECMA-48's "select graphic rendition".
package enum TerminalStyle: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
}
