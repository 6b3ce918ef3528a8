using OrleansPool.Dashboard.Watching;

namespace OrleansPool.Dashboard.Pages;

/// <summary>What an operator must know before the figures: that they are old, or that a silo is missing from them.</summary>
internal static class NoticeSection
{
    public static Html Render(FabricSnapshot snapshot) => snapshot switch
    {
        { SilentFor: { } silent, Report: null } => Html.Of(
            $"""<p class="notice bad" role="alert"><b>The cluster does not answer.</b> Asked for {Figures.Span(silent)}; this page goes on asking.</p>"""),
        { SilentFor: { } silent } => Html.Of(
            $"""<p class="notice bad" role="alert"><b>The cluster does not answer.</b> The figures are {Figures.Span(silent)} old.</p>"""),
        { Report.Silent.Count: > 0 and var count } => Html.Of(
            $"""<p class="notice warn" role="alert"><b>{(count == 1 ? "A silo does" : $"{count} silos do")} not answer</b> and {(count == 1 ? "is" : "are")} missing from the figures: {string.Join(", ", snapshot.Report!.Silent)}. Membership decides whether it is dead.</p>"""),
        _ => Html.Of($""),
    };
}
