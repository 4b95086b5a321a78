import Linux
import Testing

/// How a text that another user chose is printed.
@Suite struct UntrustedTexts {
    @Test(
        "a text is printed as one word of ASCII",
        arguments: [
            ("web", "web", "web"), ("/home/alice/.config/lxc/a-b_c:1@x=,%+", nil, nil),
            ("", "", "\"\""), ("a b", #"a\040b"#, #""a\040b""#),
            ("a\\b", #"a\b"#, #""a\b""#), ("a\\040", #"a\134040"#, #""a\134040""#),
            ("a\"b", "a\"b", #""a\042b""#),
            ("x\n      # reboot", #"x\012\040\040\040\040\040\040#\040reboot"#, nil),
            ("\u{1b}[2J\u{7}\u{7f}", #"\033[2J\007\177"#, #""\033[2J\007\177""#),
            ("\u{9b}31m", #"\302\23331m"#, #""\302\23331m""#),
            ("a\u{a0}#\u{2007}b\u{202f}c", #"a\302\240#\342\200\207b\342\200\257c"#, nil),
            ("\u{202e}x\u{2066}y\u{200f}", #"\342\200\256x\342\201\246y\342\200\217"#, nil),
            ("e\u{301}", #"e\314\201"#, nil), ("\u{0}", #"\000"#, #""\000""#),
            ("lxcbr\u{ff10}", #"lxcbr\357\274\220"#, nil), ("'$(x)`|;", "'$(x)`|;", "\"'$(x)`|;\""),
        ] as [(String, String?, String?)])
    func printed(text: String, escaped: String?, quoted: String?) {
        let untrusted = UntrustedText(text)
        #expect(untrusted.escaped == escaped ?? text)
        if let quoted {
            #expect(untrusted.quoted == quoted)
        } else {
            #expect(untrusted.quoted == escaped.map { "\"\($0)\"" } ?? text)
        }
    }

    @Test("any bytes are printed in at most 125 columns without blanks")
    func everyByte() {
        for byte in UInt8.min...UInt8.max {
            for count in [1, 29, 30, 31, 120, 121, 5000] {
                let text = UntrustedText([UInt8](repeating: byte, count: count))
                for shown in [text.escaped, text.quoted] {
                    #expect(shown.utf8.allSatisfy { (0x21...0x7e).contains($0) })
                    #expect(shown.utf8.count <= UntrustedText.columns + 5)
                }
            }
        }
    }

    @Test("reflection does not print the text of untrusted bytes")
    func reflection() {
        let text = UntrustedText("\u{1b}[2J")
        #expect(!String(describing: text).contains("\u{1b}"))
        #expect(!String(reflecting: [text]).contains("\u{1b}"))
    }

    @Test(
        "a command contains only words that no shell interprets",
        arguments: [
            ("/home/alice/a", true), ("br0", true), ("", false), ("-rf", false), ("a b", false),
            ("a;b", false), ("$x", false), ("a\nb", false), ("~", false), ("a*", false),
            ("é", false), ("a#", false), ("\u{0}", false),
            (String(repeating: "a", count: 241), false),
        ])
    func words(text: String, isWord: Bool) {
        #expect(UntrustedText(text).shellWord == (isWord ? text : nil))
    }
}
