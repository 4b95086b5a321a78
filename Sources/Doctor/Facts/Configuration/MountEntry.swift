internal import Linux

/// A mount of `lxc.mount.entry`, or a line of the file that `lxc.mount.fstab` names: see fstab(5).
struct MountEntry: Equatable, Sendable {
    let place: ConfigPlace
    let source: UntrustedText
    let target: UntrustedText
    let type: UntrustedText
    let options: [UntrustedText]
    /// Whether the fifth field is a number, or there is none: see fstab(5).
    let hasNumber: Bool

    /// - Returns: `nil` for a blank line and a comment.
    init?(_ text: ArraySlice<UInt8>, at place: ConfigPlace) {
        let fields = words(of: text)
        guard let first = fields.first, first.first != 0x23 else { return nil }
        func field(_ index: Int) -> UntrustedText {
            UntrustedText(index < fields.count ? unescaped(fields[index]) : [])
        }
        self.place = place
        (source, target, type) = (field(0), field(1), field(2))
        hasNumber =
            fields.count < 5 || fields[4].first.map { $0 == 0x23 } ?? true
            || decimal(fields[4], upTo: UInt64(Int32.max)) != nil
        options = field(3).bytes.split(separator: 0x2c).map { UntrustedText($0) }
    }

    static func all(in file: [UInt8], named path: UntrustedText) -> [MountEntry] {
        Lines(bytes: file).enumerated().compactMap { index, range in
            MountEntry(file[range], at: ConfigPlace(file: path, line: index + 1))
        }
    }

    func has(_ option: String) -> Bool { options.contains { $0 == option } }

    /// The value of an option such as `lowerdir=PATH`.
    func value(_ option: String) -> UntrustedText? {
        options.first { $0.hasPrefix(option + "=") }
            .map { UntrustedText($0.bytes.dropFirst(option.utf8.count + 1)) }
    }

    var isBind: Bool { has("bind") || isRecursive }
    var isRecursive: Bool { has("rbind") }
    /// LXC goes on without the mount if it fails.
    var isOptional: Bool { has("optional") }
    var isOverlay: Bool { type.hasPrefix("overlay") }
    /// LXC creates the mount point.
    var createsDirectory: Bool { has("create=dir") }
    var createsFile: Bool { has("create=file") }
}
