import Linux
import Terminal
import TestSupport
import Testing

@testable import StatusReport

/// The screens in berth(1), which serve as golden files.
@Suite
struct ManualScreens {
    private func rendered(_ columns: Int) -> [String] {
        let text = HostStatusText(
            TerminalCapabilities(colors: false, usesUnicode: false), width: columns)
        return text.text(text.lines(.example)).split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropLast().map(String.init)
    }

    @Test("the manual shows what the program prints")
    func screens() throws {
        let page = String(decoding: try #require(try SmallFile.contents(of: manual)), as: UTF8.self)
        let start = try #require(page.range(of: ".Ss Sample output\n"))
        let blocks = page[start.upperBound...].split(separator: ".Bd -literal\n").dropFirst().map {
            block in
            // A line that ends in \c continues in the next one.
            block.prefix(upTo: block.range(of: "\n.Ed")?.lowerBound ?? block.endIndex)
                .replacing("\\c\n", with: "").replacing("\\(ga", with: "`")
                .replacing("\\-", with: "-").replacing("\\&", with: "")
                .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        try #require(blocks.count >= 2)
        #expect(blocks[0] == rendered(80))
        #expect(blocks[1] == Array(rendered(140).drop { !$0.hasPrefix("Users") }))
    }
}

private let manual =
    String(
        #filePath.dropLast("Tests/StatusReportTests/ManualScreens.swift".count)) + "man/berth.1"

extension StringProtocol {
    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
