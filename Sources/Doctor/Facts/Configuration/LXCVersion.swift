internal import Linux

/// The version of the installed LXC.
struct LXCVersion: Equatable, Sendable {
    let major: Int
    let text: String

    /// - Parameter output: what `lxc-start --version` prints, such as `5.0.2`.
    init?(_ output: [UInt8]) {
        let digits = output.prefix { (0x30...0x39).contains($0) || $0 == 0x2e }
        guard let number = decimal(digits.prefix { $0 != 0x2e }, upTo: 99) else { return nil }
        major = Int(number)
        text = printable(Array(digits.prefix(20)))
    }

    static func observe(_ lxcStart: ExternalProgram?) -> LXCVersion? {
        guard let outcome = try? lxcStart?.run(["--version"], atMost: 2000), outcome.status == 0
        else { return nil }
        return LXCVersion(outcome.output)
    }
}
