import Glibc
import Testing

@testable import Linux

/// Lines that are read through a small buffer are those of the whole text.
@Suite struct LineReaderTests {
    private func lines(_ text: [UInt8], bufferSize: Int) throws -> [[UInt8]] {
        let stream = try #require(tmpfile())
        defer { fclose(stream) }
        let file = fileno(stream)
        #expect(text.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == text.count)
        var reader = LineReader(of: file, bufferSize: bufferSize)
        var found: [[UInt8]] = []
        while let line = try reader.next() { found.append(Array(reader.buffer[line])) }
        // After the end there is nothing more.
        #expect(try reader.next() == nil)
        return found
    }

    @Test(
        "any text gives the same lines as in memory, whatever the size of the buffer",
        arguments: 1...9)
    func anyText(bufferSize: Int) throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ -> UInt8 in
                [UInt8(0x0a), 0x61, 0x62, 0].randomElement(using: &random) ?? 0
            }
            let whole = Lines(bytes: text).map { Array(text[$0]) }
            #expect(try lines(text, bufferSize: bufferSize) == whole, "\(text)")
        }
    }

    @Test("a line of megabytes is one line")
    func longLine() throws {
        let text = [UInt8](repeating: 0x61, count: 3 << 20)
        let found = try lines([0x62, 0x0a] + text + [0x0a, 0x63], bufferSize: 16)
        #expect(found == [[0x62], text, [0x63]])
    }

    @Test("a file that cannot be read throws")
    func unreadable() {
        #expect(throws: Errno.self) {
            var reader = LineReader(of: -1)
            _ = try reader.next()
        }
    }
}
