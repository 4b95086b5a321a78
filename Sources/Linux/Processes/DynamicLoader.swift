internal import CLinux

/// The interpreter that the kernel starts to load a dynamically linked program: see ld.so(8).
package enum DynamicLoader {
    /// - Returns: whether the program names a loader, which it does in its first page; `nil` if it
    ///   cannot be read.
    package static func isNamed(byProgramAt path: String) -> Bool? {
        let beginning: [UInt8]
        do throws(Errno) {
            beginning = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
                .chunk(at: 0, atMost: 4096)
        } catch { return nil }
        return ["/ld-linux", "/ld-musl"].contains {
            firstIndex(of: Array($0.utf8), in: beginning, from: 0) != nil
        }
    }
}
