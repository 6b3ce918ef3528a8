using System.Text.Json;
using OrleansPool.Cli.Connection;

namespace OrleansPool.Cli.Tests;

/// <summary>What one run of the command did.</summary>
internal sealed record ToolRun(int Code, string Output, string Error)
{
    public static async Task<ToolRun> RunAsync(IFabricConnector connector, string[] arguments, CancellationToken cancellationToken = default)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, connector, output, error, cancellationToken);
        return new ToolRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The one object that the run printed, as the last line of its output.</summary>
    public JsonElement Json()
    {
        string[] lines = Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        JsonElement json = JsonDocument.Parse(lines[^1]).RootElement;
        Assert.Equal(JsonValueKind.Object, json.ValueKind);
        Assert.DoesNotContain(lines[..^1], line => line.StartsWith('{'));
        return json;
    }

    /// <summary>Asserts that the run failed so, and said all of that.</summary>
    public ToolRun AssertFailed(int code, params string[] said)
    {
        Assert.Equal(code, Code);
        Assert.StartsWith("orleanspool: ", Error, StringComparison.Ordinal);
        Assert.All(said, part => Assert.Contains(part, Error, StringComparison.Ordinal));
        return this;
    }
}
