#include <cairo/cairo-pdf.h>

// What is used of Pango 1.44 and later. Its own headers need flags of GLib that SwiftPM refuses.
typedef struct _PangoContext PangoContext;
typedef struct _PangoLayout PangoLayout;
typedef struct _PangoLayoutIter PangoLayoutIter;
typedef struct _PangoLayoutLine PangoLayoutLine;
typedef struct _PangoFontDescription PangoFontDescription;
typedef struct _PangoFontMetrics PangoFontMetrics;
typedef struct _PangoLanguage PangoLanguage;
typedef struct _PangoAttribute PangoAttribute;
typedef struct _PangoAttrList PangoAttrList;
typedef struct {
  int x, y, width, height;
} PangoRectangle;

enum { PANGO_SCALE = 1024 };
enum { PANGO_WRAP_WORD_CHAR = 2 };
enum { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT };
enum { PANGO_ELLIPSIZE_END = 3 };
enum { PANGO_DIRECTION_RTL = 1 };

PangoContext *pango_cairo_create_context(cairo_t *);
void pango_cairo_context_set_resolution(PangoContext *, double);
void pango_context_set_round_glyph_positions(PangoContext *, int);
void pango_cairo_show_layout_line(cairo_t *, PangoLayoutLine *);
PangoFontMetrics *pango_context_get_metrics(
    PangoContext *, const PangoFontDescription *, PangoLanguage *);
int pango_font_metrics_get_ascent(PangoFontMetrics *);
int pango_font_metrics_get_descent(PangoFontMetrics *);
void pango_font_metrics_unref(PangoFontMetrics *);
PangoAttrList *pango_attr_list_new(void);
void pango_attr_list_insert(PangoAttrList *, PangoAttribute *);
void pango_attr_list_unref(PangoAttrList *);
PangoAttribute *pango_attr_insert_hyphens_new(int);
PangoLayout *pango_layout_new(PangoContext *);
void pango_layout_set_text(PangoLayout *, const char *, int);
void pango_layout_set_width(PangoLayout *, int);
void pango_layout_set_wrap(PangoLayout *, int);
void pango_layout_set_alignment(PangoLayout *, int);
void pango_layout_set_attributes(PangoLayout *, PangoAttrList *);
void pango_layout_set_ellipsize(PangoLayout *, int);
void pango_layout_set_font_description(PangoLayout *, const PangoFontDescription *);
PangoLayoutIter *pango_layout_get_iter(PangoLayout *);
int pango_layout_iter_next_line(PangoLayoutIter *);
int pango_layout_iter_get_baseline(PangoLayoutIter *);
void pango_layout_iter_get_line_extents(PangoLayoutIter *, PangoRectangle *, PangoRectangle *);
PangoLayoutLine *pango_layout_iter_get_line_readonly(PangoLayoutIter *);
void pango_layout_iter_free(PangoLayoutIter *);
PangoFontDescription *pango_font_description_from_string(const char *);
void pango_font_description_free(PangoFontDescription *);
int pango_find_base_dir(const char *, int);
void g_object_unref(void *);
