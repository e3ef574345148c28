#import <objc/Object.h>
#import <objc/runtime.h>

@interface Three : Object
- (int)value;
@end

@implementation Three
- (int)value {
  return 3;
}
+ (id)make {
  return class_createInstance(self, 0);
}
@end

int main(void) {
  return [[Three make] value];
}
