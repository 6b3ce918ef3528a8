using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansPool.Core.Replication;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Commands;

/// <summary>Shows that the simulator would notice: every known mistake, how many seeds it takes, and which check finds it.</summary>
internal sealed class MutantsCommand : ICommand
{
    public string Name => "mutants";

    public string Arguments => "[--seeds N] [--start S] [--only NAME]";

    public string Summary => "puts every known mistake into the code, one at a time, and says after how many seeds, or by which story, it was noticed";

    /// <summary>All mutants.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Enum.GetNames<Mutation>().Where(name => name != nameof(Mutation.None)), .. Enum.GetNames<HostMutation>().Where(name => name != nameof(HostMutation.None))];

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (!Options.TryParse(arguments, ["--seeds", "--start", "--only"], errors, out Options? options)) return ExitCode.Usage;
        string only = options.Text("--only", "");
        var results = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        var clock = Stopwatch.StartNew();
        output.WriteLine($"{"mutant",-34} {"seeds",6}  by");
        Parallel.ForEach(
            Names.Where(name => only.Length == 0 || name == only),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            name =>
            {
                JsonNode result = RunOne(name, options);
                lock (results)
                {
                    results.Add(name, result);
                    bool isKilled = result["killed"]!.GetValue<bool>();
                    output.WriteLine($"{name,-34} {result["seeds"]!.GetValue<long>(),6}  {(isKilled ? Cut(result["by"]!.GetValue<string>()) : "SURVIVED")}");
                    output.Flush();
                }
            });
        int survivors = results.Values.Count(result => !result["killed"]!.GetValue<bool>());
        output.WriteLine(JsonSerializer.Serialize(
            new { mutants = results.Count, killed = results.Count - survivors, survivors, seconds = Math.Round(clock.Elapsed.TotalSeconds, 1) }, JsonSerializerOptions.Web));
        return survivors == 0 && results.Count > 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static JsonNode RunOne(string name, Options options)
    {
        string program = typeof(MutantsCommand).Assembly.Location;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { program, "mutant", name, "--seeds", options.Number("--seeds", 2000).ToString(CultureInfo.InvariantCulture), "--start", options.Number("--start", 1).ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        string last = process.StandardOutput.ReadToEnd().TrimEnd().Split('\n')[^1];
        process.WaitForExit();
        return process.ExitCode is ExitCode.Ok or ExitCode.Failed
            ? JsonNode.Parse(last)!
            : new JsonObject { ["killed"] = false, ["seeds"] = 0L, ["by"] = $"the process ended with {process.ExitCode}" };
    }

    private static string Cut(string text) => text.Length <= 110 ? text : text[..107] + "...";
}
