using System.Text.Json;
using OrleansPool.Simulation.Commands;
using OrleansPool.Simulation.Linearizability;

namespace OrleansPool.Simulation.Tests.Commands;

public sealed class CheckCommandTests : IDisposable
{
    private const string Good = "INFO jepsen.util - 0 :invoke :write 1\nINFO jepsen.util - 0 :ok :write 1\n";
    private const string Bad = "INFO jepsen.util - 0 :invoke :read nil\nINFO jepsen.util - 0 :ok :read 1\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("histories");
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    [Fact]
    public void All_linearizable_is_success()
    {
        Assert.Equal(0, Run(File("a.log", Good), File("b", "\n" + Good)));
        Assert.Equal(
            ["a.log linearizable", "b linearizable", """{"files":2,"linearizable":2,"notLinearizable":0,"unknown":0,"errors":0}"""], OutputLines());
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public void One_that_is_not_linearizable_is_failure()
    {
        Assert.Equal(1, Run(File("a.log", Good), File("b.log", Bad)));
        Assert.Equal(
            ["a.log linearizable", "b.log not-linearizable", """{"files":2,"linearizable":1,"notLinearizable":1,"unknown":0,"errors":0}"""], OutputLines());
    }

    [Fact]
    public void What_the_budget_does_not_decide_is_failure_too()
    {
        Assert.Equal(1, new CheckCommand(new CheckBudget(0, 0)).Run([File("a.log", Good)], _output, _errors));
        Assert.Equal(["a.log unknown", """{"files":1,"linearizable":0,"notLinearizable":0,"unknown":1,"errors":0}"""], OutputLines());
        Assert.Contains("Not a pass", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_malformed_files_are_named_and_the_rest_is_checked()
    {
        string missing = Path.Combine(_folder.FullName, "missing.log");
        string malformed = File("bad.log", Good + "INFO jepsen.util - 0 :invoke :fly 1\n");
        string empty = File("empty.log", "");
        string other = File("other.log", "\nhello\n");
        Assert.Equal(1, Run(missing, malformed, empty, other, _folder.FullName, File("a.log", Good)));
        Assert.Equal(["a.log linearizable", """{"files":6,"linearizable":1,"notLinearizable":0,"unknown":0,"errors":5}"""], OutputLines());
        string errors = _errors.ToString();
        foreach (string said in new[] { $"{missing}: ", $"{malformed}:3: ", $"{empty}:1: ", $"{other}:2: ", $"{_folder.FullName}: " })
            Assert.Contains(said, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--help")]
    public void Wrong_arguments_are_told_the_usage(params string[] arguments)
    {
        Assert.Equal(2, Run(arguments));
        Assert.Contains("Usage: OrleansPool.Simulation check FILE...", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_summary_is_json()
    {
        Run(File("a.log", Bad));
        using JsonDocument summary = JsonDocument.Parse(OutputLines()[^1]);
        Assert.Equal(1, summary.RootElement.GetProperty("notLinearizable").GetInt32());
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _output.Dispose();
        _errors.Dispose();
    }

    private int Run(params string[] arguments) => new CheckCommand(CheckBudget.Default).Run(arguments, _output, _errors);

    private string[] OutputLines() => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string File(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
