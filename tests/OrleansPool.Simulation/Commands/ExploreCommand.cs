using System.Diagnostics;
using System.Text.Json;
using OrleansPool.Simulation.Exploration;

namespace OrleansPool.Simulation.Commands;

/// <summary>Explores every order of messages in a small scope, over the real code.</summary>
internal sealed class ExploreCommand : ICommand
{
    public string Name => "explore";

    public string Arguments =>
        "[--joiner] [--cached] [--late-grant] [--loose-timers] [--step MS] [--writes N] [--reads N] [--steps N] [--late N] [--crashes N] [--verdicts N] [--fragile MASK] [--states MAX]";

    public string Summary => "goes through every order of messages in a small scope";

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        string[] valued = [.. arguments.Where(argument => argument is not ("--joiner" or "--cached" or "--late-grant" or "--loose-timers"))];
        if (!Options.TryParse(valued, ["--step", "--steps", "--late", "--crashes", "--verdicts", "--fragile", "--writes", "--reads", "--states", "--mutant"], errors, out Options? options)) return ExitCode.Usage;
        Scope usual = (arguments.Contains("--joiner"), arguments.Contains("--cached")) switch
        {
            _ when arguments.Contains("--late-grant") => Scope.WithLateGrant,
            (true, true) => Scope.WithJoinerAndCache,
            (true, false) => Scope.WithJoiner,
            (false, true) => Scope.WithCache,
            _ => new Scope(),
        };
        Scope scope = usual with
        {
            HasLooseTimers = usual.HasLooseTimers || arguments.Contains("--loose-timers"),
            Writes = (int)options.Number("--writes", usual.Writes),
            CachedReads = (int)options.Number("--reads", usual.CachedReads),
            Step = TimeSpan.FromMilliseconds(options.Number("--step", (long)usual.Step.TotalMilliseconds)),
            Steps = (int)options.Number("--steps", usual.Steps),
            Late = (int)options.Number("--late", usual.Late),
            Crashes = (int)options.Number("--crashes", usual.Crashes),
            Verdicts = (int)options.Number("--verdicts", usual.Verdicts),
            Fragile = (int)options.Number("--fragile", usual.Fragile),
            StatesMax = (int)options.Number("--states", usual.StatesMax),
        };
        if (scope.CachedReads > 0 && !scope.HasCache)
        {
            errors.WriteLine("--reads is about reads through a cache: --cached.");
            return ExitCode.Usage;
        }

        if (!Moments.Cover(scope))
        {
            errors.WriteLine("So long a time is not explored: silence counts in it. Or a step is shorter than what is sent again waits.");
            return ExitCode.Usage;
        }

        var clock = Stopwatch.StartNew();
        ExplorationResult result = new Explorer(scope, output).Run();
        for (int i = 0; i < result.Path.Count; i++) output.WriteLine($"{i + 1,3}  {result.Path[i]}");
        if (result.Violation is not null) output.WriteLine($"violation: {result.Violation}");
        string end = result.Violation is not null ? "up to a violation" : result.IsComplete ? "to completion" : "NOT to completion: the bound on states was reached";
        output.WriteLine(Tell(scope));
        output.WriteLine($"explored {result.States} states, {result.Transitions} transitions, {end}");
        output.WriteLine(JsonSerializer.Serialize(
            new
            {
                result.States,
                result.Transitions,
                result.SiloStates,
                result.Inputs,
                result.Endings,
                result.Depth,
                result.IsComplete,
                result.Violation,
                Seconds = Math.Round(clock.Elapsed.TotalSeconds, 1),
            },
            JsonSerializerOptions.Web));
        return result.Violation is null && result.IsComplete ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>The scope in words.</summary>
    private static string Tell(Scope scope) =>
        $"scope: {Scope.Silos} silos, 1 block, {scope.Writes} writes, {(scope.HasCache ? $"a cache, {scope.CachedReads} reads through it, " : "")}reads in every state, {(scope.HasJoiner ? "1 joiner, " : "")}{scope.Crashes} crashes, {scope.Verdicts} verdicts, {scope.Steps} steps of {scope.Step.TotalMilliseconds} ms with up to {scope.Late} late";
}
