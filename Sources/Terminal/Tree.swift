/// A line with what belongs to it beneath it, as tree(1) draws it.
package struct Tree: Sendable {
    package var label: StyledText
    /// Lines that say more of the same thing.
    package var details: [StyledText]
    package var branches: [Tree]

    package init(
        _ label: StyledText, details: [StyledText] = [], _ branches: [Tree] = []
    ) {
        self.label = label
        self.details = details
        self.branches = branches
    }

    /// How many columns the lines before a branch's label take.
    package static let indent = 3

    package func lines(_ look: TerminalCapabilities) -> [StyledText] {
        [label] + details
            + branches.indices.flatMap { position in
                let isLast = position == branches.count - 1
                let (first, rest) =
                    switch (look.lines, isLast) {
                    case (true, false): ("├─ ", "│  ")
                    case (true, true): ("╰─ ", "   ")
                    case (false, false): ("|- ", "|  ")
                    case (false, true): ("`- ", "   ")
                    }
                return branches[position].lines(look).enumerated().map { number, line in
                    StyledText(number == 0 ? first : rest, .dim) + line
                }
            }
    }
}

/// Cells under one another, with a head: columns are as wide as their widest cell.
package struct Table: Sendable {
    package struct Column: Sendable {
        let head: String
        let isNumber: Bool

        package init(_ head: String, isNumber: Bool = false) {
            self.head = head
            self.isNumber = isNumber
        }
    }

    private let columns: [Column]
    private let rows: [[StyledText]]

    /// - Parameter rows: with as many cells each as there are columns.
    package init(_ columns: [Column], _ rows: [[StyledText]]) {
        self.columns = columns
        self.rows = rows
    }

    package var lines: [StyledText] {
        let head = columns.map { StyledText($0.head, .dim) }
        return aligned([head] + rows, numbers: columns.map(\.isNumber))
    }
}

/// Rows of cells as lines, in columns two blanks apart.
/// - Parameter numbers: which columns are set flush right.
package func aligned(_ rows: [[StyledText]], numbers: [Bool] = []) -> [StyledText] {
    var widths: [Int] = []
    for row in rows {
        for (column, cell) in row.enumerated() {
            if column == widths.count { widths.append(0) }
            widths[column] = max(widths[column], cell.width)
        }
    }
    return rows.map { row in
        row.enumerated().filter { widths[$0.offset] > 0 }.map { column, cell in
            cell.padded(
                to: widths[column], onTheLeft: column < numbers.count && numbers[column])
        }.joined(by: "  ").trimmed
    }
}
