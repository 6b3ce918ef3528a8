using System.Text.Json;

namespace OrleansPool.Simulation.Coverage;

/// <summary>What coverlet counted: how often each line and each branch of each file was reached.</summary>
internal sealed class CoverageFile
{
    private CoverageFile()
    {
    }

    public Dictionary<CoveredLine, long> Lines { get; } = [];

    public Dictionary<CoveredBranch, long> Branches { get; } = [];

    /// <summary>Reads a file in coverlet's own format: modules, files, classes, methods.</summary>
    public static CoverageFile Read(string path)
    {
        var coverage = new CoverageFile();
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        foreach (JsonProperty module in document.RootElement.EnumerateObject())
        {
            foreach (JsonProperty file in module.Value.EnumerateObject())
            {
                foreach (JsonProperty method in file.Value.EnumerateObject().SelectMany(type => type.Value.EnumerateObject())) coverage.Take(file.Name, method);
            }
        }

        return coverage;
    }

    private void Take(string file, JsonProperty method)
    {
        foreach (JsonProperty line in method.Value.GetProperty(nameof(Lines)).EnumerateObject())
        {
            var key = new CoveredLine(file, int.Parse(line.Name, System.Globalization.CultureInfo.InvariantCulture));
            Lines[key] = Lines.GetValueOrDefault(key) + line.Value.GetInt64();
        }

        foreach (JsonElement branch in method.Value.GetProperty(nameof(Branches)).EnumerateArray())
        {
            var line = new CoveredLine(file, branch.GetProperty("Line").GetInt32());
            var key = new CoveredBranch(line, method.Name, branch.GetProperty("Offset").GetInt32(), branch.GetProperty("Path").GetInt32());
            Branches[key] = Branches.GetValueOrDefault(key) + branch.GetProperty("Hits").GetInt64();
        }
    }
}
