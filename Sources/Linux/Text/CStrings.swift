internal import CLinux

/// A list of strings for C, such as argv: pointers to copies of the words, and NULL at the end.
@safe struct CStringVector: ~Copyable {
    let pointers: [UnsafeMutablePointer<CChar>?]

    /// - Throws: ``Errno/ENOMEM``, because a truncated list would be a different command.
    init(_ words: [[UInt8]]) throws(Errno) {
        let copies = unsafe words.map { word in unsafe withCString(word) { unsafe strdup($0) } }
        unsafe pointers = copies + [nil]
        guard unsafe copies.allSatisfy({ unsafe $0 != nil }) else { throw .ENOMEM }
    }

    init(_ words: [String]) throws(Errno) { try self.init(words.map { Array($0.utf8) }) }

    deinit { unsafe pointers.forEach { unsafe free($0) } }
}

/// The bytes as a C string, which ends at their first zero byte.
func withCString<Result, Failure: Error>(
    _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
) throws(Failure) -> Result {
    let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
    return try unsafe terminated.withUnsafeBufferPointer { (buffer) throws(Failure) in
        try unsafe body(buffer.baseAddress.unsafelyUnwrapped)
    }
}
