using System.Diagnostics;
using System.Text.Json;
using OrleansPool.Simulation.Stories;

namespace OrleansPool.Simulation.Commands;

/// <summary>Tells the stories.</summary>
internal sealed class StoriesCommand : ICommand
{
    public string Name => "stories";

    public string Arguments => "[--only TEXT]";

    public string Summary => "tells what may happen to a cluster, step by step, and says which story went otherwise";

    /// <summary>Tells stories until one goes otherwise.</summary>
    /// <returns>Its name, and what happened; null if all went as told.</returns>
    public static (string Story, string What)? FirstThatGoesOtherwise()
    {
        foreach (ToldStory story in StoryBook.Stories)
        {
            if (Try(story) is { } what) return (story.Name, what);
        }

        return null;
    }

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (!Options.TryParse(arguments, ["--only", "--mutant"], errors, out Options? options)) return ExitCode.Usage;
        string only = options.Text("--only", "");
        var clock = Stopwatch.StartNew();
        int told = 0;
        int failed = 0;
        foreach (ToldStory story in StoryBook.Stories)
        {
            if (!story.Name.Contains(only, StringComparison.OrdinalIgnoreCase)) continue;
            told++;
            if (Try(story) is not { } what) continue;
            failed++;
            output.WriteLine(story.Name);
            output.WriteLine($"    {what}");
        }

        output.WriteLine(JsonSerializer.Serialize(new { stories = told, failed, seconds = Math.Round(clock.Elapsed.TotalSeconds, 1) }, JsonSerializerOptions.Web));
        if (told == 0) errors.WriteLine($"No story's name contains '{only}'.");
        return told == 0 ? ExitCode.Usage : failed == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static string? Try(ToldStory story)
    {
        try
        {
            story.Tell();
            return null;
        }
        catch (Exception otherwise)
        {
            return otherwise.Message.Split('\n', 2)[0].TrimEnd();
        }
    }
}
