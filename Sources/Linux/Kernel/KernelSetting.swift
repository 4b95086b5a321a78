/// The contents of a file in /proc/sys (a sysctl(8)) or /sys without the newline; `nil` if it does
/// not exist or cannot be read.
package func kernelSetting(_ path: String) -> String? {
    guard let bytes = (try? SmallFile.contents(of: path)) ?? nil else { return nil }
    return String(decoding: bytes.filter { $0 != 0x0a }, as: UTF8.self)
}
