internal import CLinux

/// Counters in a file that several processes increase at the same time.
///
/// Each is 8 bytes in the byte order of the host. A process maps the file (mmap(2)) and adds to a
/// counter with one atomic instruction, so it takes no lock: a process that is stopped or killed
/// delays no other, and leaves no half-written number.
package struct SharedCounters: Sendable {
    /// The size of the file: one page, which is either allocated as a whole or not at all.
    package static let size = 4096
    /// The first number of the file, which identifies its format: "berthct1".
    private static let magic: UInt64 = 0x3174_6368_7472_6562

    /// The descriptor of a file that only root may open, and that stays open until the process
    /// ends.
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Adds 1. Does nothing if the file cannot hold counters, for example because the disk is full.
    /// - Parameter place: from 1 to 511.
    package func increase(_ place: Int) {
        let size = Self.size
        guard place > 0, place < size / 8 else { return }
        _ = linux_increase_counter(descriptor, size, place, Self.magic)
    }

    /// - Returns: the counters by their places; `nil` if nothing was counted yet, or if the file is
    ///   missing or has another format.
    /// - Throws: if the caller may not read the file.
    package static func read(_ path: String) throws(Errno) -> [UInt64]? {
        guard let bytes = try SmallFile.contents(of: path, atMost: size), bytes.count == size
        else { return nil }
        let numbers = unsafe bytes.withUnsafeBytes { buffer in
            (0..<size / 8).map {
                unsafe buffer.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)
            }
        }
        return numbers[0] == magic ? numbers : nil
    }
}
