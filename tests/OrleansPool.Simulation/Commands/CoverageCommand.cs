using System.Text.Json;
using OrleansPool.Simulation.Coverage;

namespace OrleansPool.Simulation.Commands;

/// <summary>
/// Says which lines and branches of the protocol the simulator reaches. A branch that only a run with a planted mistake reaches, its own side of
/// the question whether there is one among them, counts and is told apart.
/// </summary>
internal sealed class CoverageCommand : ICommand
{
    private const string Root = "OrleansPool.Core/";

    public string Name => "coverage";

    public string Arguments => "PLAIN.json MUTANTS.json";

    public string Summary => "says of two files of coverlet what the simulator reaches, and fails if something is left that is not explained; see tests/coverage.sh";

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (arguments.Count != 2)
        {
            errors.WriteLine($"Usage: OrleansPool.Simulation {Name} {Arguments}");
            return ExitCode.Usage;
        }

        CoverageFile plain = CoverageFile.Read(arguments[0]);
        CoverageFile mutants = CoverageFile.Read(arguments[1]);
        foreach (IGrouping<string, CoveredLine> folder in plain.Lines.Keys.GroupBy(line => FolderOf(line.File)).OrderBy(folder => folder.Key, StringComparer.Ordinal))
        {
            CoveredBranch[] branches = [.. plain.Branches.Keys.Where(branch => FolderOf(branch.Line.File) == folder.Key)];
            int hitLines = folder.Count(line => plain.Lines[line] > 0);
            int hitBranches = branches.Count(branch => plain.Branches[branch] > 0);
            int byMutants = branches.Count(branch => plain.Branches[branch] == 0 && mutants.Branches.GetValueOrDefault(branch) > 0);
            output.WriteLine($"{folder.Key,-12} lines {hitLines} of {folder.Count()}, branches {hitBranches} of {branches.Length}, and {byMutants} with a planted mistake");
        }

        IEnumerable<CoveredLine> unhitLines = plain.Lines.Where(line => line.Value + mutants.Lines.GetValueOrDefault(line.Key) == 0).Select(line => line.Key);
        IEnumerable<CoveredLine> unhitBranches = plain.Branches.Where(branch => branch.Value + mutants.Branches.GetValueOrDefault(branch.Key) == 0).Select(branch => branch.Key.Line);
        int unexplained = 0;
        int explained = 0;
        foreach (CoveredLine line in unhitLines.Concat(unhitBranches).Distinct().OrderBy(line => line.File, StringComparer.Ordinal).ThenBy(line => line.Number))
        {
            string text = File.ReadLines(line.File).Skip(line.Number - 1).First().Trim();
            string? why = Explained.Find(line.File, text);
            if (why is null) unexplained++;
            else explained++;
            output.WriteLine($"not reached: {Shorten(line.File)}:{line.Number}: {text}{(why is null ? "" : $"  (explained: {why})")}");
        }

        foreach (CoveredLine line in plain.Branches.Where(branch => branch.Value == 0 && mutants.Branches.GetValueOrDefault(branch.Key) > 0).Select(branch => branch.Key.Line).Distinct())
        {
            // The question itself may stand on the line before or after.
            string[] around = [.. File.ReadLines(line.File).Skip(line.Number - 2).Take(3)];
            if (!around.Any(text => text.Contains("Mutant.Is", StringComparison.Ordinal))) output.WriteLine($"only with a planted mistake: {Shorten(line.File)}:{line.Number}: {around[1].Trim()}");
        }

        bool isMeasured = plain.Lines.Count > 0 && mutants.Lines.Count > 0;
        output.WriteLine(JsonSerializer.Serialize(new { lines = plain.Lines.Count, branches = plain.Branches.Count, unexplained, explained, isMeasured }, JsonSerializerOptions.Web));
        return unexplained == 0 && isMeasured ? ExitCode.Ok : ExitCode.Failed;
    }

    private static string Shorten(string file) => file[(file.IndexOf(Root, StringComparison.Ordinal) + Root.Length)..];

    private static string FolderOf(string file) => Shorten(file).Split('/')[0];
}
