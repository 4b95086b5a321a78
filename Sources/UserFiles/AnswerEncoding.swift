internal import Linux

// How a transcript encodes an answer: a code, and a value whose form the code determines.
extension Answer {
    private enum Code: UInt8 {
        case contents = 1
        case names, attributes, target, absent, unread
    }

    var encoding: (code: UInt8, value: [UInt8]) {
        switch self {
        case .contents(let bytes): (Code.contents.rawValue, bytes)
        // A name is not empty and contains no zero byte, so a zero byte can end it.
        case .names(let names): (Code.names.rawValue, names.flatMap { $0 + [0] })
        case .attributes(let file): (Code.attributes.rawValue, file.encoded)
        case .target(let target): (Code.target.rawValue, target)
        case .absent: (Code.absent.rawValue, [])
        case .unread(let reason): (Code.unread.rawValue, reason.encoded)
        }
    }

    /// - Returns: `nil` for a code or value that ``encoding`` never produces.
    init?(code: UInt8, _ value: [UInt8]) {
        switch Code(rawValue: code) {
        case .contents where value.count <= ReadBudget.bytes: self = .contents(value)
        case .names:
            guard value.last ?? 0 == 0 else { return nil }
            let names = value.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            guard names.count <= ReadBudget.names,
                names.allSatisfy({ !$0.isEmpty && !$0.contains(0x2f) })
            else { return nil }
            self = .names(names.map { Array($0) })
        case .attributes:
            guard let file = FileAttributes(encoded: value) else { return nil }
            self = .attributes(file)
        case .target where value.count <= 4096: self = .target(value)
        case .absent where value.isEmpty: self = .absent
        case .unread:
            guard let reason = UnreadReason(encoded: value) else { return nil }
            self = .unread(reason)
        default: return nil
        }
    }

    func isAnswer(to question: Question) -> Bool {
        switch self {
        case .contents: question == .contents || question == .beginning
        case .names: question == .names
        case .attributes: question == .attributes
        case .target: question == .target
        case .absent, .unread: true
        }
    }
}

extension UnreadReason {
    fileprivate var encoded: [UInt8] {
        switch self {
        case .refused(.failed(let errno)): [1] + Input.encoded(UInt32(bitPattern: errno.code))
        case .refused(.onKernelFileSystem): [2]
        case .refused(.isDirectory): [3]
        case .refused(.isSpecial): [4]
        case .refused(.isTooLarge): [5]
        case .notAbsolute: [6]
        case .tooManyFiles: [7]
        case .tooManyBytes: [8]
        case .noAnswer: [9]
        case .readerFailed: [10]
        case .refused(.hasTooManyNames): [11]
        }
    }

    fileprivate init?(encoded bytes: [UInt8]) {
        var input = Input(bytes)
        switch input.byte() {
        case 1:
            // 4095 is the largest error number: MAX_ERRNO.
            guard let code = input.number(), (1...4095).contains(code) else { return nil }
            self = .refused(.failed(Errno(Int32(code))))
        case 2: self = .refused(.onKernelFileSystem)
        case 3: self = .refused(.isDirectory)
        case 4: self = .refused(.isSpecial)
        case 5: self = .refused(.isTooLarge)
        case 6: self = .notAbsolute
        case 7: self = .tooManyFiles
        case 8: self = .tooManyBytes
        case 9: self = .noAnswer
        case 10: self = .readerFailed
        case 11: self = .refused(.hasTooManyNames)
        default: return nil
        }
        guard input.isAtEnd else { return nil }
    }
}

extension FileAttributes {
    fileprivate var encoded: [UInt8] {
        [
            kind.rawValue,
            (isOnNosuid ? 1 : 0) | (hasCapabilities ? 2 : 0) | (isOnNoexec ? 4 : 0)
                | (isOnNodev ? 8 : 0) | (isOnReadOnly ? 16 : 0) | (isOnFull ? 32 : 0),
        ]
            + Input.encoded(owner.number) + Input.encoded(group.number) + Input.encoded(mode)
            + Input.encoded(list?.bytes ?? [])
    }

    fileprivate init?(encoded bytes: [UInt8]) {
        var input = Input(bytes)
        guard let kind = input.byte().flatMap({ FileKind(rawValue: $0) }),
            let flags = input.byte(), flags < 64, let owner = input.number(),
            let group = input.number(), let mode = input.number(), mode <= 0o7777,
            let list = input.value(atMost: 4096), input.isAtEnd
        else { return nil }
        self.init(owner: UserID(owner), group: GroupID(group), mode: mode)
        self.kind = kind
        isOnNosuid = flags & 1 != 0
        hasCapabilities = flags & 2 != 0
        isOnNoexec = flags & 4 != 0
        isOnNodev = flags & 8 != 0
        isOnReadOnly = flags & 16 != 0
        isOnFull = flags & 32 != 0
        guard !list.isEmpty else { return }
        guard let acl = POSIXACL(list) else { return nil }
        self.list = acl
    }
}
