/// A table with a header. Each column is as wide as its widest cell.
package struct Table: Sendable {
    package struct Column: Sendable {
        let title: String
        let isNumber: Bool

        package init(_ title: String, isNumber: Bool = false) {
            self.title = title
            self.isNumber = isNumber
        }
    }

    private let columns: [Column]
    private let rows: [[StyledText]]

    /// - Parameter rows: one cell for each column.
    package init(_ columns: [Column], _ rows: [[StyledText]]) {
        self.columns = columns
        self.rows = rows
    }

    package var lines: [StyledText] {
        let header = columns.map { StyledText($0.title, .dim) }
        return aligned([header] + rows, numbers: columns.map(\.isNumber))
    }
}

/// Aligns cells in columns, two blanks apart.
/// - Parameter numbers: the columns to align right.
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
