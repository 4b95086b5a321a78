internal import Glibc

/// The arguments of this program, without its name, as bytes: `CommandLine.arguments` repairs what
/// is not UTF-8.
package var programArguments: [[UInt8]] {
    unsafe UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
        .dropFirst().compactMap { word in
            guard let word = unsafe word else { return nil }
            return unsafe Array(UnsafeRawBufferPointer(start: word, count: strlen(word)))
        }
}
