namespace NewsPlatform.Feed.Localization;

/// <summary>What the pages themselves say, in one language.</summary>
public sealed record Words
{
    /// <summary>The language's own name.</summary>
    public required string Name { get; init; }

    public required string Skip { get; init; }
    public required string Categories { get; init; }
    public required string Editions { get; init; }
    public required string LeadStories { get; init; }
    public required string NewsLine { get; init; }
    public required string AllNews { get; init; }
    public required string Newer { get; init; }
    public required string Older { get; init; }
    public required string Pages { get; init; }
    public required string Breaking { get; init; }
    public required string Video { get; init; }
    public required string Photos { get; init; }
    public required string Picture { get; init; }
    public required string Source { get; init; }
    public required string Updated { get; init; }
    public required string Update { get; init; }
    public required string Correction { get; init; }
    public required string Featured { get; init; }
    public required string Related { get; init; }
    public required string MostRead { get; init; }
    public required string Keywords { get; init; }
    public required string Translations { get; init; }
    public required string JustIn { get; init; }
    public required string Nothing { get; init; }
    public required string Busy { get; init; }
    public required string BusyWhy { get; init; }
    public required string Missing { get; init; }
    public required string MissingWhy { get; init; }
    public required string Withdrawn { get; init; }
    public required string Home { get; init; }
    public required string Search { get; init; }
    public required string SearchGo { get; init; }
    public required string SearchMore { get; init; }
    public required string SearchNothing { get; init; }
    public required string SearchRefused { get; init; }
    public required string SearchSuggestions { get; init; }
    public required string Notify { get; init; }
    public required string NotifyStop { get; init; }
    public required string NotifyTitle { get; init; }
    public required string NotifyBreaking { get; init; }
    public required string NotifyQuiet { get; init; }
    public required string NotifyFrom { get; init; }
    public required string NotifyTo { get; init; }
    public required string NotifyOn { get; init; }
    public required string NotifyCancel { get; init; }
    public required string NotifyBlocked { get; init; }
    public required string NotifyFailed { get; init; }

    /// <summary>What the portal is, for search engines and who shares its address; {0} is its name.</summary>
    public required string About { get; init; }

    public string? Badge(string code) =>
        code switch
        {
            "video" => Video,
            "photos" => Photos,
            _ => null,
        };

    /// <summary>An edition whose language is not among these speaks English around its news.</summary>
    public static Words Of(string language) => all.GetValueOrDefault(language, all["en"]);

    static readonly Dictionary<string, Words> all = new()
    {
        ["en"] = new()
        {
            Name = "English",
            Skip = "Skip to the news",
            Categories = "Categories",
            Editions = "Languages",
            LeadStories = "Top stories",
            NewsLine = "News line",
            AllNews = "All news",
            Newer = "Newer",
            Older = "Older",
            Pages = "Pages",
            Breaking = "Breaking",
            Video = "VIDEO",
            Photos = "PHOTOS",
            Picture = "Photo",
            Source = "Source",
            Updated = "Updated",
            Update = "Update",
            Correction = "Correction",
            Featured = "Featured",
            Related = "Related",
            MostRead = "Most read",
            Keywords = "Keywords",
            Translations = "This story in",
            JustIn = "Just in",
            Nothing = "Nothing has been published here yet.",
            Busy = "One moment, please",
            BusyWhy = "Too many readers are asking at once. Try again in a few seconds.",
            Missing = "There is no such page",
            MissingWhy = "The address may be misspelt, or the story has been taken down.",
            Withdrawn = "This story has been withdrawn",
            Home = "To the front page",
            Search = "Search",
            SearchGo = "Search",
            SearchMore = "More results",
            SearchNothing = "Nothing was found. Try other words.",
            SearchRefused = "This cannot be searched for. Use a few words, not only very common ones.",
            SearchSuggestions = "Suggestions",
            Notify = "Notify me",
            NotifyStop = "Turn notifications off",
            NotifyTitle = "News notifications",
            NotifyBreaking = "Breaking news only",
            NotifyQuiet = "Quiet hours: only breaking news then",
            NotifyFrom = "From",
            NotifyTo = "To",
            NotifyOn = "Turn on",
            NotifyCancel = "Cancel",
            NotifyBlocked = "Notifications are blocked. Allow them for this site in the browser’s settings.",
            NotifyFailed = "Notifications could not be turned on. Try again later.",
            About = "The latest news from {0}, as it happens.",
        },
        ["az"] = new()
        {
            Name = "Azərbaycanca",
            Skip = "Xəbərlərə keç",
            Categories = "Rubrikalar",
            Editions = "Dillər",
            LeadStories = "Əsas xəbərlər",
            NewsLine = "Xəbər lenti",
            AllNews = "Bütün xəbərlər",
            Newer = "Daha yeni",
            Older = "Daha əvvəl",
            Pages = "Səhifələr",
            Breaking = "Təcili",
            Video = "VİDEO",
            Photos = "FOTOLAR",
            Picture = "Foto",
            Source = "Mənbə",
            Updated = "Yenilənib",
            Update = "Yenilik",
            Correction = "Düzəliş",
            Featured = "Seçilmiş",
            Related = "Mövzu üzrə",
            MostRead = "Ən çox oxunanlar",
            Keywords = "Açar sözlər",
            Translations = "Bu xəbər başqa dillərdə",
            JustIn = "İndicə",
            Nothing = "Burada hələ heç nə dərc olunmayıb.",
            Busy = "Bir az gözləyin",
            BusyWhy = "Hazırda sorğular həddən artıq çoxdur. Bir neçə saniyədən sonra yenidən cəhd edin.",
            Missing = "Belə səhifə yoxdur",
            MissingWhy = "Ünvan səhv yazılmış, ya da xəbər saytdan götürülmüş ola bilər.",
            Withdrawn = "Bu xəbər geri götürülüb",
            Home = "Ana səhifəyə",
            Search = "Axtarış",
            SearchGo = "Axtar",
            SearchMore = "Daha çox nəticə",
            SearchNothing = "Heç nə tapılmadı. Başqa sözlərlə yoxlayın.",
            SearchRefused = "Belə axtarış mümkün deyil. Bir neçə söz yazın; yalnız çox işlənən sözlər kifayət etmir.",
            SearchSuggestions = "Təkliflər",
            Notify = "Bildirişlər",
            NotifyStop = "Bildirişləri söndür",
            NotifyTitle = "Xəbər bildirişləri",
            NotifyBreaking = "Yalnız təcili xəbərlər",
            NotifyQuiet = "Sakit saatlar: yalnız təcili xəbərlər",
            NotifyFrom = "Başlanğıc",
            NotifyTo = "Son",
            NotifyOn = "Yandır",
            NotifyCancel = "Ləğv et",
            NotifyBlocked = "Bildirişlər bloklanıb. Brauzerin ayarlarında bu sayt üçün icazə verin.",
            NotifyFailed = "Bildirişləri yandırmaq alınmadı. Bir az sonra yenidən yoxlayın.",
            About = "{0}: ən son xəbərlər, baş verdiyi anda.",
        },
        ["ru"] = new()
        {
            Name = "Русский",
            Skip = "Перейти к новостям",
            Categories = "Рубрики",
            Editions = "Языки",
            LeadStories = "Главное",
            NewsLine = "Лента новостей",
            AllNews = "Все новости",
            Newer = "Новее",
            Older = "Раньше",
            Pages = "Страницы",
            Breaking = "Срочно",
            Video = "ВИДЕО",
            Photos = "ФОТО",
            Picture = "Фото",
            Source = "Источник",
            Updated = "Обновлено",
            Update = "Дополнение",
            Correction = "Исправление",
            Featured = "Рекомендуем",
            Related = "По теме",
            MostRead = "Самое читаемое",
            Keywords = "Ключевые слова",
            Translations = "На других языках",
            JustIn = "Только что",
            Nothing = "Здесь пока ничего не опубликовано.",
            Busy = "Подождите немного",
            BusyWhy = "Сейчас слишком много запросов. Попробуйте ещё раз через несколько секунд.",
            Missing = "Такой страницы нет",
            MissingWhy = "Возможно, в адресе опечатка или материал снят с публикации.",
            Withdrawn = "Материал отозван",
            Home = "На главную",
            Search = "Поиск",
            SearchGo = "Найти",
            SearchMore = "Ещё результаты",
            SearchNothing = "Ничего не найдено. Попробуйте другие слова.",
            SearchRefused = "Такой запрос выполнить нельзя. Введите несколько слов, и не только самые частые.",
            SearchSuggestions = "Подсказки",
            Notify = "Уведомлять",
            NotifyStop = "Отключить уведомления",
            NotifyTitle = "Уведомления о новостях",
            NotifyBreaking = "Только срочные новости",
            NotifyQuiet = "Тихие часы: только срочные новости",
            NotifyFrom = "С",
            NotifyTo = "До",
            NotifyOn = "Включить",
            NotifyCancel = "Отмена",
            NotifyBlocked = "Уведомления заблокированы. Разрешите их для этого сайта в настройках браузера.",
            NotifyFailed = "Не удалось включить уведомления. Попробуйте позже.",
            About = "{0}: последние новости сразу, как они появляются.",
        },
        ["tr"] = new()
        {
            Name = "Türkçe",
            Skip = "Haberlere geç",
            Categories = "Kategoriler",
            Editions = "Diller",
            LeadStories = "Öne çıkan haberler",
            NewsLine = "Haber akışı",
            AllNews = "Tüm haberler",
            Newer = "Daha yeni",
            Older = "Daha eski",
            Pages = "Sayfalar",
            Breaking = "Son dakika",
            Video = "VİDEO",
            Photos = "FOTOĞRAFLAR",
            Picture = "Fotoğraf",
            Source = "Kaynak",
            Updated = "Güncellendi",
            Update = "Güncelleme",
            Correction = "Düzeltme",
            Featured = "Öne çıkan",
            Related = "İlgili haberler",
            MostRead = "En çok okunanlar",
            Keywords = "Anahtar kelimeler",
            Translations = "Bu haber başka dillerde",
            JustIn = "Az önce",
            Nothing = "Burada henüz bir şey yayımlanmadı.",
            Busy = "Lütfen biraz bekleyin",
            BusyWhy = "Şu anda çok fazla istek var. Birkaç saniye sonra yeniden deneyin.",
            Missing = "Böyle bir sayfa yok",
            MissingWhy = "Adres yanlış yazılmış ya da haber yayından kaldırılmış olabilir.",
            Withdrawn = "Bu haber geri çekildi",
            Home = "Ana sayfaya",
            Search = "Arama",
            SearchGo = "Ara",
            SearchMore = "Daha fazla sonuç",
            SearchNothing = "Hiçbir şey bulunamadı. Başka sözcükler deneyin.",
            SearchRefused = "Bu arama yapılamıyor. Birkaç sözcük yazın; yalnızca çok yaygın sözcükler yetmez.",
            SearchSuggestions = "Öneriler",
            Notify = "Bildirim al",
            NotifyStop = "Bildirimleri kapat",
            NotifyTitle = "Haber bildirimleri",
            NotifyBreaking = "Yalnızca son dakika haberleri",
            NotifyQuiet = "Sessiz saatler: yalnızca son dakika haberleri",
            NotifyFrom = "Başlangıç",
            NotifyTo = "Bitiş",
            NotifyOn = "Aç",
            NotifyCancel = "Vazgeç",
            NotifyBlocked = "Bildirimler engellenmiş. Tarayıcı ayarlarından bu site için izin verin.",
            NotifyFailed = "Bildirimler açılamadı. Daha sonra yeniden deneyin.",
            About = "{0}: en son haberler, anında.",
        },
    };
}
