using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests.Rules;

/// <summary>What is asked of a rule: that the repository keeps it, and that it sees what breaks it.</summary>
internal static class Rule
{
    /// <summary>Fails with every violation, one a line.</summary>
    public static void Holds(IEnumerable<Violation> violations)
    {
        string[] lines = [.. violations.Select(violation => violation.ToString()).Order(StringComparer.Ordinal)];
        if (lines.Length > 0) Assert.Fail($"Violations: {lines.Length}\n{string.Join('\n', lines)}");
    }

    /// <summary>Holds a planted example against what should be found in it: <c>path</c> or <c>path:line</c>.</summary>
    public static void Finds(IEnumerable<Violation> violations, params string[] expected) =>
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            violations.Select(violation => violation.Line == 0 ? violation.Path : $"{violation.Path}:{violation.Line}").Order(StringComparer.Ordinal));
}
