internal import CLinux

/// Reads a file line by line through one small buffer: a program that needs few lines of a long
/// file has fewer page faults than with the whole file in memory.
struct LineReader {
    private let file: Int32
    private var offset = 0
    /// The bytes in which ``next()`` returns a range.
    private(set) var buffer: [UInt8]
    /// The bytes of the buffer that are not part of a returned line.
    private var unread = 0..<0
    /// Where to look for the next newline.
    private var searched = 0
    private var isAtEnd = false

    /// - Parameter file: a file descriptor, which must remain open.
    /// - Parameter size: the length of the buffer in bytes. It grows for longer lines.
    init(of file: Int32, bufferSize size: Int = 16 << 10) {
        self.file = file
        buffer = [UInt8](repeating: 0, count: max(size, 1))
    }

    /// - Returns: the range of the next line in ``buffer``, without its newline, which the last
    ///   line may lack. It is valid until the next call.
    mutating func next() throws(Errno) -> Range<Int>? {
        while true {
            let newline = firstIndex(of: 0x0a, in: buffer, from: searched, to: unread.upperBound)
            if newline != nil || isAtEnd {
                let line = unread.lowerBound..<(newline ?? unread.upperBound)
                guard newline != nil || !line.isEmpty else { return nil }
                searched = min(line.upperBound + 1, unread.upperBound)
                unread = searched..<unread.upperBound
                return line
            }
            try readMore()
        }
    }

    /// Moves the beginning of a line to the beginning of the buffer, which is doubled if the line
    /// fills it, and reads into the rest.
    private mutating func readMore() throws(Errno) {
        for index in unread { buffer[index - unread.lowerBound] = buffer[index] }
        unread = 0..<unread.count
        searched = unread.upperBound
        if unread.count == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
        let (file, start, offset) = (file, unread.upperBound, offset)
        let size = buffer.count - start
        let count = try call {
            unsafe buffer.withUnsafeMutableBytes { all in
                guard let base = all.baseAddress else { return 0 }
                return unsafe pread(file, base + start, size, off_t(offset))
            }
        }
        self.offset += count
        unread = 0..<(start + count)
        isAtEnd = count == 0
    }
}
